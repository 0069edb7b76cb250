// SPDX-License-Identifier: Apache-2.0
rule tencent_go_terraform
{
    meta:
        vendor = "tencent"
        product = "terraform"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/tencentcloudstack/terraform-provider-tencentcloud"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/tencentcloudstack\/terraform-provider-tencentcloud(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/tencentcloudstack\/terraform-provider-tencentcloud(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule tencent_ksophon_driver
{
    meta:
        vendor = "tencent"
        product = "anti-cheat"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_KSophonX64.yar"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00KSophon_x64.sys\x00" wide
        $description = "FileDescription\x00\x00KSophon_x64 NT Driver\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}
