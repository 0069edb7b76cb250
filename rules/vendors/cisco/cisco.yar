// SPDX-License-Identifier: Apache-2.0
rule cisco_secure_endpoint_linux
{
    meta:
        vendor = "cisco"
        product = "secure-endpoint"
        weight = "medium"
        scope = "elf"
        reference = "elastic/protections-artifacts"
        basis = "programs of the Linux connector"
    strings:
        $cli = "/opt/cisco/amp/bin/ampcli"
        $helper = "/opt/cisco/amp/bin/cisco-amp-helper"
        $inst = "/opt/cisco/amp/bin/ampinsthelper"
        $etc = "/opt/cisco/amp/etc/ampinsthelper"
    condition:
        tm_format == "elf" and 2 of them
}

rule cisco_immunet_driver
{
    meta:
        vendor = "cisco"
        product = "secure-endpoint"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "debug path of the driver"
    strings:
        $pdb = "ImmunetUtilDriver.pdb"
    condition:
        tm_format == "pe" and $pdb
}
