# Copies the embedding models that the image carries in $1/cache to the volume at $2, once.
# The copy is renamed into place when it is complete, so that a killed one is never taken for it.
set -eu
if [ ! -d "$1/cache" ]; then echo "the image carries no models"; exit 0; fi
if [ -d "$2/cache" ]; then echo "the volume has its models"; exit 0; fi
rm -rf "$2/cache.partial"
cp -R "$1/cache" "$2/cache.partial"
mv "$2/cache.partial" "$2/cache"
echo "copied the image's models to the volume"
