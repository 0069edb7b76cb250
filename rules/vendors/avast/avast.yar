// SPDX-License-Identifier: Apache-2.0
rule avast_anti_rootkit_driver
{
    meta:
        vendor = "avast"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Avast.yar"
        basis = "name of the debug file, OriginalFilename and ProductName, together"
    strings:
        $pdb = "aswArPot.pdb\x00"
        $original = "OriginalFilename\x00aswArPot.sys\x00" wide
        $product = "ProductName\x00\x00Avast Antivirus\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original and $product
}

rule avast_vm_monitor_driver
{
    meta:
        vendor = "avast"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Avast.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "aswVmm.pdb\x00"
        $original = "OriginalFilename\x00aswVmm.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule avast_ng_driver
{
    meta:
        vendor = "avast"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Avast.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb1 = "ngiodriver_x64.pdb\x00"
        $pdb2 = "ngiodriver_x86.pdb\x00"
        $original = "OriginalFilename\x00ngiodriver.sys\x00" wide
    condition:
        tm_format == "pe" and (($pdb1 or $pdb2) and $original)
}
