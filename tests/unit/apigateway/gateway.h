#pragma once
/* A gateway under test: a room of its own behind a front door of its own, on the loop, the frozen clock and the seed of tests/support's
 * fixture; functions are played by a script, clients are raw sockets. Everything runs in this thread: who waits for bytes turns the loop.
 */

#include "apigateway/apigateway.h"
#include "fixture.h"

#include "base/buffer.h"

extern struct apigateway *gateway_room;
extern const struct service *gateway_service;
extern int gateway_port;

void gateway_open(void);
void gateway_close(void);

/* Closes the front door alone, as at the end of lowcloud. */
void gateway_close_door(void);

/* Makes an API that is deployed to the stage "prod": its routes' keys are parted by blanks; each is served by a function named as the key
 * ("$connect"). A key that begins with '2' is two-way (the 2 is no part of it). The selection expression is $request.body.action. Its id
 * stays good until gateway_close. */
const char *gateway_make_api(const char *routes);

/* Makes a function's integration in an API; its id likewise. */
const char *gateway_make_integration(const char *api, const char *function);

/* Calls a control operation that must succeed, with input as printf and ' for ", and answers its output. */
json_t *gateway_call(const char *operation, const char *input, ...) __attribute__((format(printf, 2, 3)));

/* ---- functions ---- */

/* From now on function answers payload (JSON, ' for "). */
void gateway_script(const char *function, const char *payload);

/* From now on it ends so. */
void gateway_script_end(const char *function, struct invocation_result result);

/* From now on it keeps its callers waiting, until gateway_release answers all that wait with payload. */
void gateway_script_hold(const char *function);
void gateway_release(const char *payload);

/* The oldest event that function got and that was not asked for yet, waiting for it; good until the next question. */
const char *gateway_event(const char *function);

/* How many invocations there were in all. */
size_t gateway_invocations(void);

/* ---- clients ---- */

/* A socket to the door. */
int gateway_dial(void);

/* Sends bytes as they are. */
void gateway_say(int client, const char *bytes, size_t size_bytes);

/* Sends an upgrade for target, with further header lines ("A: b\r\n") or "". */
void gateway_ask(int client, const char *target, const char *headers);

/* The head of an answer, and its body by Content-Length, in one text; good until the next one. */
const char *gateway_hear(int client);

/* A client that is in: dialled, asked, and answered with 101. */
int gateway_enter(const char *target);

/* Sends a frame of opcode (1 text, 2 binary, 8 close, 9 ping; 0x80 is added). */
void gateway_send(int client, int opcode, const char *payload, size_t size_bytes);
void gateway_send_text(int client, const char *text);

/* The next frame: its payload with a NUL, good until the next one; its opcode and size. "EOF" with opcode -1 when the line ended. */
const char *gateway_hear_frame(int client, int *opcode, size_t *size_bytes);

/* The next frame must be a text. */
const char *gateway_hear_text(int client);

/* Sends a signed request of the management API, answers as gateway_hear. */
const char *gateway_manage(const char *method, const char *path, const char *headers, const char *body, size_t size_bytes);

/* Whether the answer begins with that status. */
bool gateway_has_status(const char *answer, int status);

/* The value of a header of an answer (good until the next question), NULL: none. */
const char *gateway_header(const char *answer, const char *name);

/* The body of an answer. */
const char *gateway_body(const char *answer);

/* Turns the loop until what is under way has settled. */
void gateway_settle(void);

/* The id of the n-th open connection. */
const char *gateway_connection(size_t n);

/* Waits until so many connections are open. */
void gateway_expect_connections(size_t count);
