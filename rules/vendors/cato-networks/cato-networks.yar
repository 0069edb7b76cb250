// SPDX-License-Identifier: Apache-2.0
rule cato_client_prefixes
{
    meta:
        vendor = "cato-networks"
        product = "cato-client"
        weight = "weak"
        scope = "any"
        reference = "public lists"
        basis = "prefixes of the client settings, both together"
    strings:
        $ua = "cato_ua_"
        $vpn = "cato_vpn_"
    condition:
        all of them
}
