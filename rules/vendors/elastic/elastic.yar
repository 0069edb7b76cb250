// SPDX-License-Identifier: Apache-2.0
rule elastic_go_agent
{
    meta:
        vendor = "elastic"
        product = "agent"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/elastic/elastic-agent"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/elastic\/elastic-agent(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/elastic\/elastic-agent(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule elastic_go_beats
{
    meta:
        vendor = "elastic"
        product = "beats"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/elastic/beats"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/elastic\/beats(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/elastic\/beats(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule elastic_go_fleet_server
{
    meta:
        vendor = "elastic"
        product = "fleet-server"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/elastic/fleet-server"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/elastic\/fleet-server(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/elastic\/fleet-server(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule elastic_go_apm_server
{
    meta:
        vendor = "elastic"
        product = "apm-server"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/elastic/apm-server"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/elastic\/apm-server(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/elastic\/apm-server(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule elastic_go_cloud_on_k8s
{
    meta:
        vendor = "elastic"
        product = "cloud-on-k8s"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/elastic/cloud-on-k8s"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/elastic\/cloud-on-k8s(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/elastic\/cloud-on-k8s(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
