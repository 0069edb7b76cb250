// SPDX-License-Identifier: Apache-2.0
rule thales_hostnt_driver
{
    meta:
        vendor = "thales"
        product = "sentinel-keys"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_SafeNet.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "HOSTNT.pdb\x00"
        $original = "OriginalFilename\x00Hostnt.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
