// SPDX-License-Identifier: Apache-2.0
rule cyberark_epm_linux
{
    meta:
        vendor = "cyberark"
        product = "epm"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "programs of Endpoint Privilege Manager"
    strings:
        $cli = "/opt/cyberark/epm/bin/epmcli"
        $daemon = "/opt/cyberark/epm/sbin/epmd"
    condition:
        tm_format == "elf" and all of them
}

rule cyberark_psmp
{
    meta:
        vendor = "cyberark"
        product = "pam"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "folders of PSM for SSH"
    strings:
        $opt = "/opt/CARKpsmp"
        $vault = "/etc/opt/CARKpsmp/vault"
        $logs = "/var/opt/CARKpsmp/logs"
    condition:
        tm_format == "elf" and 2 of them
}
