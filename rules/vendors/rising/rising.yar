// SPDX-License-Identifier: Apache-2.0
rule rising_network_driver
{
    meta:
        vendor = "rising"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Rising.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "rsndisp_win10-x64.pdb\x00"
        $original = "OriginalFilename\x00rsndisp.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule rising_spot_driver
{
    meta:
        vendor = "rising"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Rising.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "rspot_win10-x64.pdb\x00"
        $original = "OriginalFilename\x00rspot.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
