// SPDX-License-Identifier: Apache-2.0
rule opentext_encase_driver
{
    meta:
        vendor = "opentext"
        product = "encase"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_EnPortv.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "EnData.pdb\x00"
        $original = "OriginalFilename\x00EnPortv.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule opentext_novell_nicm
{
    meta:
        vendor = "opentext"
        product = "novell-xtier"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Novell.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "nicm.pdb\x00"
        $original1 = "OriginalFilename\x00NICM.SYS\x00" wide
        $original2 = "OriginalFilename\x00libnicm.sys\x00" wide
    condition:
        tm_format == "pe" and ($pdb and ($original1 or $original2))
}

rule opentext_novell_nscm
{
    meta:
        vendor = "opentext"
        product = "novell-xtier"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Novell.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "nscm.pdb\x00"
        $original = "OriginalFilename\x00nscm.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
