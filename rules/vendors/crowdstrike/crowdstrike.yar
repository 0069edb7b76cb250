// SPDX-License-Identifier: Apache-2.0
rule crowdstrike_falcon_linux_hooks
{
    meta:
        vendor = "crowdstrike"
        product = "falcon-sensor"
        weight = "strong"
        scope = "elf"
        reference = "public lists"
        basis = "names of BPF and kernel hooks inside the sensor"
    strings:
        $hook_net = "cshook_network_ops_inet6_sockraw_recvmsg"
        $hook_inode = "cshook_security_inode_free_security"
        $module = "falcon_lsm_serviceable"
    condition:
        tm_format == "elf" and (any of ($hook_*) or $module)
}

rule crowdstrike_falcon_linux_store
{
    meta:
        vendor = "crowdstrike"
        product = "falcon-sensor"
        weight = "medium"
        scope = "elf"
        reference = "CrowdStrike/falcon-scripts"
        basis = "paths of the sensor state; other agents may name one of them"
    strings:
        $store = "/opt/CrowdStrike/falconstore"
        $init = "/opt/CrowdStrike/falcon-daemonset-init"
        $ctl = "/opt/CrowdStrike/falconctl"
    condition:
        tm_format == "elf" and 2 of them
}
