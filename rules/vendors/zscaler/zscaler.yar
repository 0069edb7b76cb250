// SPDX-License-Identifier: Apache-2.0
rule zscaler_client_linux
{
    meta:
        vendor = "zscaler"
        product = "client-connector"
        weight = "weak"
        scope = "elf"
        reference = "public lists"
        basis = "folders of the client and the connector"
    strings:
        $conf = "/opt/zscaler/.config.ini"
        $conn = "/opt/zscaler/bin/zpa-connector"
        $log = "/var/log/zscaler"
    condition:
        tm_format == "elf" and 2 of them
}
