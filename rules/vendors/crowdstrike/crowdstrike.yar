// SPDX-License-Identifier: Apache-2.0
rule crowdstrike_falcon_kernel_module
{
    meta:
        vendor = "crowdstrike"
        product = "falcon-sensor"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "kernel profiles and call traces of hosts with the sensor, published by others; no module was at hand"
        basis = "hook functions in the symbol table of a kernel module; a text that names them is no kernel module"
    strings:
        $module = ".gnu.linkonce.this_module"
        $inode = "\x00cshook_security_inode_free_security\x00"
        $file = "\x00cshook_security_file_free_security\x00"
        $network = "\x00cshook_network_ops_inet6_sockraw_recvmsg\x00"
    condition:
        tm_format == "elf" and $module and any of ($inode, $file, $network)
}

rule crowdstrike_go_falcon_operator
{
    meta:
        vendor = "crowdstrike"
        product = "falcon-operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/crowdstrike/falcon-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/crowdstrike\/falcon-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/crowdstrike\/falcon-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule crowdstrike_go_kubectl_falcon
{
    meta:
        vendor = "crowdstrike"
        product = "kubectl-falcon"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/crowdstrike/kubectl-falcon"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/crowdstrike\/kubectl-falcon(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/crowdstrike\/kubectl-falcon(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
