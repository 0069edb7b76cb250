// SPDX-License-Identifier: Apache-2.0
rule fortinet_forticlient_linux
{
    meta:
        vendor = "fortinet"
        product = "forticlient"
        weight = "medium"
        scope = "elf"
        reference = "github.com"
        basis = "paths inside the Linux client"
    strings:
        $sched = "/opt/forticlient/fctsched"
        $ctrl = "/opt/forticlient/epctrl"
        $stop = "/opt/forticlient/stop-forticlient.sh"
    condition:
        tm_format == "elf" and 2 of them
}

rule fortinet_fortigate_subject
{
    meta:
        vendor = "fortinet"
        product = "fortios"
        weight = "weak"
        scope = "any"
        reference = "public lists"
        basis = "subject of the factory certificate; clients that trust it hold it as well"
    strings:
        $subject = "O=Fortinet, OU=FortiGate, CN=FortiGate"
    condition:
        $subject
}
