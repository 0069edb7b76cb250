// SPDX-License-Identifier: Apache-2.0
rule claroty_open_source_contact
{
    meta:
        vendor = "claroty"
        product = "netunnel"
        weight = "weak"
        scope = "any"
        reference = "claroty/netunnel"
        basis = "contact addresses in open-source code"
    strings:
        $mail = "opensource@claroty.com"
        $pypi = "pypi@claroty.com"
    condition:
        any of them
}
