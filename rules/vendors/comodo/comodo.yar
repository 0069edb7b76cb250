// SPDX-License-Identifier: Apache-2.0
rule comodo_kill_switch_driver
{
    meta:
        vendor = "comodo"
        product = "kill-switch"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Comodo.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "KillSwitch.pdb\x00"
        $original = "OriginalFilename\x00KillSwitch.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule comodo_system_utilities
{
    meta:
        vendor = "comodo"
        product = "system-utilities"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/comodo/utils.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00CFM.exe\x00" wide
        $description = "FileDescription\x00\x00Comodo System Utilities\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}
