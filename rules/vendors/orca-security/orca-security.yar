// SPDX-License-Identifier: Apache-2.0
rule orca_cli
{
    meta:
        vendor = "orca-security"
        product = "orca-cli"
        weight = "medium"
        scope = "any"
        reference = "orcasecurity/orca-cli"
        basis = "key file and variable of the command-line client"
    strings:
        $key = "orca_cli_cosign_public_key.pub"
        $api = "ORCASECURITY_API_ENDPOINT"
    condition:
        any of them
}
