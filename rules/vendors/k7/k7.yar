// SPDX-License-Identifier: Apache-2.0
rule k7_rootkit_scanner_driver
{
    meta:
        vendor = "k7"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_K7RKScan.yar, magicsword-io/LOLDrivers yaml/bd580aba-a804-4afc-adb3-b8ce342c78f6.yaml"
        basis = "name of the debug file and ProductName, together"
    strings:
        $pdb = "K7RKScan.pdb\x00"
        $product = "ProductName\x00\x00K7RKScan\x00" wide
    condition:
        tm_format == "pe" and $pdb and $product
}
