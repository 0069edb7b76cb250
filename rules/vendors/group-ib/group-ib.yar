// SPDX-License-Identifier: Apache-2.0
rule groupib_huntpoint_driver
{
    meta:
        vendor = "group-ib"
        product = "huntpoint"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Gibepext.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "gibepext.pdb\x00"
        $original = "OriginalFilename\x00gibepext.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
