"""From the functions' own declarations to what a platform takes: zips, layers, manifests, requests.

    python -m infra.package                 zips and layers of every platform, into dist/
    python -m infra.package manifests       serverless.yml, infra/serverless, infra/cloudbase, infra/terraform
    python -m infra.package units           what is deployed together, and what of the quotas it takes
    python -m infra.package lock            the exact versions and hashes of every layer's libraries
"""
