# What images.sh makes of Debian's packages: stand-ins for the images python, node and postgres.

FROM forebear-debian AS debian
ENV DEBIAN_FRONTEND=noninteractive

FROM debian AS python
RUN apt-get update -qq \
    && apt-get install -qq --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

FROM debian AS node
RUN apt-get update -qq \
    && apt-get install -qq --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
# Of itself npm trusts a list of its own.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt

FROM debian AS postgres
RUN apt-get update -qq \
    && apt-get install -qq --no-install-recommends postgresql-17 \
    && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/17 \
    && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
COPY postgres.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/17/bin:$PATH
USER postgres
VOLUME /var/lib/postgresql/data
EXPOSE 5432
# What is under way is ended, and nothing is waited for.
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres.sh"]
