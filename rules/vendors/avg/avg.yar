// SPDX-License-Identifier: Apache-2.0
rule avg_anti_rootkit_driver
{
    meta:
        vendor = "avg"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Avast.yar, magicsword-io/LOLDrivers yaml/043773c5-120a-4c6b-8485-8f1f5c47fd3e.yaml"
        basis = "name of the debug file, OriginalFilename and ProductName, together"
    strings:
        $pdb = "aswArPot.pdb\x00"
        $original = "OriginalFilename\x00aswArPot.sys\x00" wide
        $product = "ProductName\x00\x00AVG Internet Security System\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original and $product
}

rule avg_self_protection_driver
{
    meta:
        vendor = "avg"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Avast.yar"
        basis = "name of the debug file, OriginalFilename and strings of the driver, together"
    strings:
        $pdb = "aswSP.pdb\x00"
        $original = "OriginalFilename\x00aswSP.sys\x00" wide
        $text = "IOCTL_ASWSP_START_REQUEST_AND_SET_RESULTS"
    condition:
        tm_format == "pe" and $pdb and $original and $text
}
