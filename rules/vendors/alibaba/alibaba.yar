// SPDX-License-Identifier: Apache-2.0
rule alibaba_go_assist
{
    meta:
        vendor = "alibaba"
        product = "assist"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aliyun/aliyun_assist_client"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aliyun\/aliyun_assist_client(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aliyun\/aliyun_assist_client(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule alibaba_go_cli
{
    meta:
        vendor = "alibaba"
        product = "cli"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aliyun/aliyun-cli"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aliyun\/aliyun-cli(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aliyun\/aliyun-cli(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule alibaba_go_terraform
{
    meta:
        vendor = "alibaba"
        product = "terraform"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aliyun/terraform-provider-alicloud"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aliyun\/terraform-provider-alicloud(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aliyun\/terraform-provider-alicloud(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
