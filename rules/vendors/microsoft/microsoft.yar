// SPDX-License-Identifier: Apache-2.0
rule microsoft_defender_linux
{
    meta:
        vendor = "microsoft"
        product = "defender"
        weight = "medium"
        scope = "elf"
        reference = "elastic/protections-artifacts"
        basis = "programs of Defender for Linux"
    strings:
        $daemon = "/opt/microsoft/mdatp/sbin/wdavdaemon"
        $conf = "/opt/microsoft/mdatp/conf"
    condition:
        tm_format == "elf" and all of them
}
