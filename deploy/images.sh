#!/bin/sh
# Makes the images that forebear's build and compose.yml start from, of Debian's packages alone:
#   deploy/images.sh [MIRROR]
# For machines that can pull no images. Needs root, docker and mmdebstrap. Certificates that this
# machine trusts beside the usual ones (a firm's own) are trusted in the images too.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
own=/usr/local/share/ca-certificates
mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    --customize-hook="test ! -d $own || cp -rT $own \"\$1$own\"" \
    --customize-hook='chroot "$1" update-ca-certificates >/dev/null' \
    trixie "$work/debian.tar" "$@"
docker import --change 'CMD ["bash"]' "$work/debian.tar" forebear-debian
for image in python node postgres; do
    docker build --quiet --target "$image" --tag "forebear-$image" \
        --file "$here/images.Dockerfile" "$here"
done
cat >&2 <<END
Now build with them:
  export PYTHON_IMAGE=forebear-python NODE_IMAGE=forebear-node POSTGRES_IMAGE=forebear-postgres
  docker compose -f deploy/compose.yml up --build --detach
END
