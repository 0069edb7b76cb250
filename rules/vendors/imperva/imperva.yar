// SPDX-License-Identifier: Apache-2.0
rule imperva_ragent
{
    meta:
        vendor = "imperva"
        product = "ragent"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "files of the database activity agent"
    strings:
        $init = "/opt/imperva/ragent/bin/rainit"
        $cli = "/opt/imperva/ragent/bin/cli"
        $info = "/opt/imperva/ragent/etc/cliInfo.xml"
        $which = "which_ragent_package_"
    condition:
        tm_format == "elf" and 2 of them
}
