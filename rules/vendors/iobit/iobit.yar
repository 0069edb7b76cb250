// SPDX-License-Identifier: Apache-2.0
rule iobit_unlocker_driver
{
    meta:
        vendor = "iobit"
        product = "unlocker"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_IObit.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "IObitUnlocker.pdb\x00"
        $original = "OriginalFilename\x00IObitUnlocker.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule iobit_malware_fighter_driver
{
    meta:
        vendor = "iobit"
        product = "malware-fighter"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLDrivers yaml/6ca608ec-df2e-4a8d-8a0b-350f9e0271ab.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00ForceDelete.sys\x00" wide
        $product = "ProductName\x00\x00IObit Malware Fighter\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}

rule iobit_systemcare_driver
{
    meta:
        vendor = "iobit"
        product = "systemcare"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLDrivers yaml/ca415ed5-b611-4840-bfb2-6e1eacac33d1.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00Monitor.sys\x00" wide
        $product = "ProductName\x00\x00Advanced SystemCare\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}

rule iobit_rtt_helper
{
    meta:
        vendor = "iobit"
        product = "systemcare"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/iobit/register.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00RttHlp.exe\x00" wide
        $description = "FileDescription\x00\x00IObit RttHlp\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}
