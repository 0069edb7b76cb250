// SPDX-License-Identifier: Apache-2.0
rule bytedance_go_elkeid
{
    meta:
        vendor = "bytedance"
        product = "elkeid"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bytedance/Elkeid/agent"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bytedance\/Elkeid\/agent(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bytedance\/Elkeid\/agent(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule bytedance_go_elkeid_collector
{
    meta:
        vendor = "bytedance"
        product = "elkeid-collector"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bytedance/Elkeid/plugins/collector"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bytedance\/Elkeid\/plugins\/collector(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bytedance\/Elkeid\/plugins\/collector(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule bytedance_go_elkeid_agent_center
{
    meta:
        vendor = "bytedance"
        product = "elkeid-agent-center"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bytedance/Elkeid/server/agent_center"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bytedance\/Elkeid\/server\/agent_center(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bytedance\/Elkeid\/server\/agent_center(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule bytedance_go_elkeid_manager
{
    meta:
        vendor = "bytedance"
        product = "elkeid-manager"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bytedance/Elkeid/server/manager"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bytedance\/Elkeid\/server\/manager(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bytedance\/Elkeid\/server\/manager(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule bytedance_go_elkeid_discovery
{
    meta:
        vendor = "bytedance"
        product = "elkeid-discovery"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bytedance/Elkeid/server/service_discovery"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bytedance\/Elkeid\/server\/service_discovery(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bytedance\/Elkeid\/server\/service_discovery(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
