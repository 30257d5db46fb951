"""From the functions' own declarations to what a platform takes: zips, layers, manifests, requests.

    python -m infra.package                 zips and layers of every platform, into dist/
    python -m infra.package manifests       serverless.yml, cloudbaserc.json, infra/terraform/functions.json
    python -m infra.package lock            the exact versions and hashes of every layer's libraries
"""
