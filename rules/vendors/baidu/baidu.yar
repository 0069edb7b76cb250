// SPDX-License-Identifier: Apache-2.0
rule baidu_api_driver
{
    meta:
        vendor = "baidu"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Baidu.yar, magicsword-io/LOLDrivers yaml/708650ed-c497-48be-97bc-9edd48cf2a1a.yaml"
        basis = "name of the debug file and ProductName, together"
    strings:
        $pdb = "BdApiUtil64.pdb\x00"
        $product = "ProductName\x00\x00Baidu Antivirus\x00" wide
    condition:
        tm_format == "pe" and $pdb and $product
}
