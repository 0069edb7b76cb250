// SPDX-License-Identifier: Apache-2.0
rule webroot_kernel_driver
{
    meta:
        vendor = "webroot"
        product = "secureanywhere"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_WRkrn.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "WRKrn.pdb\x00"
        $original = "OriginalFilename\x00WRkrn.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
