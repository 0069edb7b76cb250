// SPDX-License-Identifier: Apache-2.0
rule antiy_tools_driver
{
    meta:
        vendor = "antiy"
        product = "terminal"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Antiy.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "AToolsKrnl64.pdb\x00"
        $original = "OriginalFilename\x00Atools2.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
