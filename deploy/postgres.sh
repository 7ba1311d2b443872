#!/bin/sh
# Starts PostgreSQL; before the first start makes POSTGRES_DB for POSTGRES_USER, who has POSTGRES_PASSWORD.
set -eu

data=/var/lib/postgresql/data
if [ ! -s "$data/ready" ]; then
    # What a start before this one has left unfinished.
    find "$data" -mindepth 1 -delete
    secret=$(mktemp)
    printf '%s' "$POSTGRES_PASSWORD" > "$secret"
    initdb --pgdata="$data" --username="$POSTGRES_USER" --pwfile="$secret" \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    rm "$secret"
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D "$data" postgres
    date > "$data/ready"
fi
exec postgres -D "$data" -c "listen_addresses=*"
