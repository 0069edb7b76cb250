// SPDX-License-Identifier: Apache-2.0
rule huorong_scan_engine
{
    meta:
        vendor = "huorong"
        product = "internet-security"
        weight = "medium"
        scope = "pe"
        witness = "code"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Nxeng.yar, sample 68d698a978b8ea3bf467bdea2d75ef3099826c3a0d4a1ddb95b078f48f0ae7a1"
        basis = "a function's name in the engine, with OriginalFilename and description"
    strings:
        $init = "nxeng_init"
        $original = "OriginalFilename\x00nxeng.sys\x00" wide
        $engine = "Huorong eXtendible Stream Scan Engine" wide
    condition:
        tm_format == "pe" and all of them
}

rule huorong_kernel_extension
{
    meta:
        vendor = "huorong"
        product = "internet-security"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_HrSword.yar, sample 272e934cec4a84ab92b2bccb98539d73542ea9184960a2c9923d4edc667f4d4f"
        basis = "OriginalFilename and description in the version resource"
    strings:
        $original = "OriginalFilename\x00sysdiag.sys\x00" wide
        $kext = "Huorong Internet Security Core Kext" wide
    condition:
        tm_format == "pe" and all of them
}
