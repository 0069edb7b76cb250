// SPDX-License-Identifier: Apache-2.0
rule opswat_appremover_driver
{
    meta:
        vendor = "opswat"
        product = "appremover"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Ardrv.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "ardrv.pdb\x00"
        $original = "OriginalFilename\x00ardrv.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule opswat_oesis_driver
{
    meta:
        vendor = "opswat"
        product = "oesis"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Libwasys.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "LibWasys.pdb\x00"
        $original = "OriginalFilename\x00libwasys.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
