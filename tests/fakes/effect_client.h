/* fakes/effect_client.h - one effect at fakes/effect_peer.c, from a fake tool.
 *
 * Purpose:   let effects happen in another process than the one that is killed.
 * Contract:  blocks until the peer has answered. key NULL: each call is another effect.
 *            Ends the process when the peer is not there.
 * Thread:    any.
 */
#pragma once

void effect_client_post(int port, const char *name, const char *key, const char *body);
