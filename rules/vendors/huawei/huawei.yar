// SPDX-License-Identifier: Apache-2.0
rule huawei_go_cloudeye_exporter
{
    meta:
        vendor = "huawei"
        product = "cloudeye-exporter"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/huaweicloud/cloudeye-exporter"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/huaweicloud\/cloudeye-exporter(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/huaweicloud\/cloudeye-exporter(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule huawei_hardware_driver
{
    meta:
        vendor = "huawei"
        product = "pc-drivers"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Huawei.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb1 = "HwOs2Ecx64.pdb\x00"
        $pdb2 = "HwOs2Ec10x64_C233.pdb\x00"
        $original = "OriginalFilename\x00HwOs2Ec.sys\x00" wide
    condition:
        tm_format == "pe" and (($pdb1 or $pdb2) and $original)
}

rule huawei_audio_driver
{
    meta:
        vendor = "huawei"
        product = "pc-drivers"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLDrivers yaml/2c7d54ff-7b49-4da8-ae77-00ac6fa2944f.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00HWAuidoOs2Ec.sys\x00" wide
        $product = "ProductName\x00\x00Huawei Audio Driver\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}
