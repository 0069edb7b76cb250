// SPDX-License-Identifier: Apache-2.0
rule logmein_information_driver
{
    meta:
        vendor = "logmein"
        product = "logmein"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_LogMeIn.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "lmiinfo.pdb\x00"
        $original = "OriginalFilename\x00LMIinfo.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
