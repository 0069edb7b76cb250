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
