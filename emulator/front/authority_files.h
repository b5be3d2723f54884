#pragma once
/* The files of the local authority: ca.pem and ca-key.pem in a folder of the user, made when they are first asked for. Several processes
 * may ask at once; each file is whole under its name, and the certificate is written last, so it never stands without its key. */

#include "base/status.h"
#include "front/certificate.h"

struct authority_files {
    char *directory; /* absolute */
    char *certificate;
    char *key;
};

/* Finds or makes them in directory (NULL: LOWCLOUD_CA_DIR, or ~/.lowcloud). BROKEN, with one line in the log, when the folder cannot be
 * made or holds something else. */
enum status authority_files_open(struct authority_files *files, const char *directory, const struct clock *clock);

/* Reads what they hold into issuer (the caller's to free); false when it is not a certificate and its key. */
bool authority_files_read(const struct authority_files *files, struct issuer *issuer);

void authority_files_close(struct authority_files *files);

/* Logs what, with OpenSSL's last error. */
void authority_complain(const char *what);
