// SPDX-License-Identifier: Apache-2.0
rule recordedfuture_token_header
{
    meta:
        vendor = "recorded-future"
        product = "clients"
        weight = "weak"
        scope = "any"
        reference = "public lists"
        basis = "header that every client of the interface sends, also those of others"
    strings:
        $token = "X-RFToken"
    condition:
        $token
}
