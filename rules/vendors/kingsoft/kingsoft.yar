// SPDX-License-Identifier: Apache-2.0
rule kingsoft_ksapi_driver
{
    meta:
        vendor = "kingsoft"
        product = "antivirus"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Kingsoft.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "ksapi64.pdb\x00"
        $original = "OriginalFilename\x00ksapi.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule kingsoft_firewall_driver
{
    meta:
        vendor = "kingsoft"
        product = "antivirus"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLDrivers yaml/a6dd3aef-d3a7-4c72-abcd-e633e0c0706c.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00ktdifilt.sys\x00" wide
        $product = "ProductName\x00\x00Kingsoft Internet Security\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}

rule kingsoft_wps_presentation
{
    meta:
        vendor = "kingsoft"
        product = "wps-office"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/kingsoft/krpt.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00wpp.exe\x00" wide
        $description = "FileDescription\x00\x00WPS Presentation\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}

rule kingsoft_drivergenius_driver
{
    meta:
        vendor = "kingsoft"
        product = "drivergenius"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Kingsoft.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "MyDrivers.pdb\x00"
        $original = "OriginalFilename\x00mydrivers.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
