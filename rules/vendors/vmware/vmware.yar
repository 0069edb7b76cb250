// SPDX-License-Identifier: Apache-2.0
rule vmware_build_tree
{
    meta:
        vendor = "vmware"
        product = "workstation"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "a published analysis of vmx86.sys, sample e8de7c03018755a37a2993b2688c5258b46919b15c5e55a85590d8ae3abf1eb3"
        basis = "paths of source files in the firm's build tree, with the build's number"
    strings:
        $tree = /D:\\build\\ob\\bora-[0-9]{5,9}\\/
    condition:
        tm_format == "pe" and $tree
}

rule vmware_workstation_vmx
{
    meta:
        vendor = "vmware"
        product = "workstation"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/vmware/libcrypto-3-x64.yml, sample 745870f6b3e20e1cd5c022f2813f28bbd04195fc93f9f4a42f73719a43db9463"
        basis = "FileDescription and OriginalFilename in the version resource of vmware-vmx.exe"
    strings:
        $description = "FileDescription\x00\x00VMware Workstation VMX\x00" wide
        $original = "OriginalFilename\x00vmware-vmx.exe\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule vmware_tools_setup_service
{
    meta:
        vendor = "vmware"
        product = "open-vm-tools"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/vmware/vmtools.yml, sample 0e6f5eaa2cd91747213f6aec05e3de6fb46ea2b7cf4d5f3ac267128abc784d00"
        basis = "FileDescription and OriginalFilename in the version resource of rvmSetup.exe"
    strings:
        $description = "FileDescription\x00\x00VMware RVM Setup Service\x00" wide
        $original = "OriginalFilename\x00rvmSetup.exe\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule vmware_open_vm_tools
{
    meta:
        vendor = "vmware"
        product = "open-vm-tools"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian open-vm-tools, -desktop, -containerinfo, -sdmp 2:12.2.0-1+deb12u4"
        basis = "own library, functions and messages of the guest tools; Mesa and kernel drivers name the firm but none of these"
    strings:
        $needed = "\x00libvmtools.so.0\x00"
        $load = "\x00ToolsOnLoad\x00"
        $tools = "\x00VMTools_"
        $rpc = "\x00RpcChannel_"
        $check = "\x00VmCheck_IsVirtualWorld\x00"
        $hgfs = "\x00HgfsAcquireServerLock\x00"
        $store = "\x00GuestStore_GetContent\x00"
        $store_init = "\x00GuestStore_Init\x00"
        $rpci = "\x00RpcOut: Unable to receive the result of the RPCI command\x00"
        $vsock = "\x00VSockOut: Unable to receive the result of the RPCI command\x00"
        $outside = "\x00Error: %s must be run inside a virtual machine on a VMware hypervisor product.\n\x00"
    condition:
        tm_format == "elf" and 2 of them
}

rule vmware_guest_authentication
{
    meta:
        vendor = "vmware"
        product = "open-vm-tools"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian open-vm-tools 2:12.2.0-1+deb12u4"
        basis = "functions and messages of the guest authentication service"
    strings:
        $add = "\x00VGAuth_AddAlias\x00"
        $query = "\x00VGAuth_QueryMappedAliases\x00"
        $init = "\x00ServiceAliasInitAliasStore\x00"
        $level = "\x00VGAuthService%s '%s' logging at level '%s'"
    condition:
        tm_format == "elf" and 2 of them
}

rule vmware_go_govc
{
    meta:
        vendor = "vmware"
        product = "govc"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware/govmomi/govc"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware\/govmomi\/govc(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware\/govmomi\/govc(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_vcsim
{
    meta:
        vendor = "vmware"
        product = "vcsim"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware/govmomi/vcsim"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware\/govmomi\/vcsim(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware\/govmomi\/vcsim(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_velero
{
    meta:
        vendor = "vmware"
        product = "velero"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/velero"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/velero(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/velero(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_octant
{
    meta:
        vendor = "vmware"
        product = "octant"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/octant"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/octant(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/octant(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_nsx_operator
{
    meta:
        vendor = "vmware"
        product = "nsx-operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/nsx-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/nsx-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/nsx-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_astrolabe
{
    meta:
        vendor = "vmware"
        product = "astrolabe"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/astrolabe"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/astrolabe(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/astrolabe(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_tanzu_framework
{
    meta:
        vendor = "vmware"
        product = "tanzu-framework"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/tanzu-framework"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/tanzu-framework(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/tanzu-framework(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_load_balancer_operator
{
    meta:
        vendor = "vmware"
        product = "load-balancer-operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/load-balancer-operator-for-kubernetes"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/load-balancer-operator-for-kubernetes(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/load-balancer-operator-for-kubernetes(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule vmware_go_vm_operator
{
    meta:
        vendor = "vmware"
        product = "vm-operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/vmware-tanzu/vm-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/vmware-tanzu\/vm-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/vmware-tanzu\/vm-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
