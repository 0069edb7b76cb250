// SPDX-License-Identifier: Apache-2.0
rule vmware_bora_build_path
{
    meta:
        vendor = "vmware"
        product = "workstation"
        weight = "medium"
        scope = "pe"
        reference = "public lists"
        basis = "debug path of the build tree"
    strings:
        $pdb = "D:\\build\\ob\\bora-"
    condition:
        tm_format == "pe" and $pdb
}

rule vmware_open_vm_tools
{
    meta:
        vendor = "vmware"
        product = "open-vm-tools"
        weight = "medium"
        scope = "elf"
        reference = "vmware/open-vm-tools"
        basis = "own libraries of the guest tools; Mesa and kernel drivers name the firm but none of these"
    strings:
        $tools = "libvmtools.so.0"
        $hgfs = "libhgfs.so.0"
        $vgauth = "libvgauth.so.0"
        $guest = "libguestStoreClient.so.0"
    condition:
        tm_format == "elf" and 2 of them
}
