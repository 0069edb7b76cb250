// SPDX-License-Identifier: Apache-2.0
rule sentinelone_agent_worker
{
    meta:
        vendor = "sentinelone"
        product = "singularity-agent"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/sentinelone/sentinelagentcore.yml, samples 0d9dfc113712054d8595b50975efd9c68f4cb8960eca010076b46d2fba3d2754, be754c0950c015d5136029e05db65aca19952c51101554391b04ace47d2c82df"
        basis = "description and name of two programs in their version resources"
    strings:
        $product = "ProductName\x00\x00Sentinel Agent\x00" wide
        $worker = "OriginalFilename\x00SentinelAgentWorker.exe\x00" wide
        $host = "OriginalFilename\x00SentinelBrowserNativeHost.exe\x00" wide
    condition:
        tm_format == "pe" and $product and any of ($worker, $host)
}
