// SPDX-License-Identifier: Apache-2.0
rule trendmicro_common_driver
{
    meta:
        vendor = "trend-micro"
        product = "drivers"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_TmComm.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "tmcomm.pdb\x00"
        $original = "OriginalFilename\x00TmComm.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule trendmicro_elam_driver
{
    meta:
        vendor = "trend-micro"
        product = "drivers"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_TmComm.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "tmel.pdb\x00"
        $original = "OriginalFilename\x00Tmel.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule trendmicro_debug_log
{
    meta:
        vendor = "trend-micro"
        product = "internet-security"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/trendmicro/tmdbg64.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00TmDbgLog.dll\x00" wide
        $description = "FileDescription\x00\x00TmDbgLog Dynamic Link Library\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}

rule trendmicro_firewall_service
{
    meta:
        vendor = "trend-micro"
        product = "apex-one"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/trendmicro/tmdbg64.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00TmPfw.exe\x00" wide
        $description = "FileDescription\x00\x00Trend Micro Personal Firewall Service\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}

rule trendmicro_app_protect
{
    meta:
        vendor = "trend-micro"
        product = "cloud-one-application-security"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "npm trend_app_protect 4.1.6"
        basis = "functions that the agent library gives out"
    strings:
        $close = "\x00libagent_close_agent\x00"
        $finish = "\x00libagent_finish_transaction\x00"
        $hook = "\x00libagent_hook_ran\x00"
    condition:
        tm_format == "elf" and all of them
}
