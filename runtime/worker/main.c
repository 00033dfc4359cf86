/* worker/main.c - the program of workers. `supercargo --worker` is the same in the large
 * binary, for those who copied only that one. */
#include "worker/pool.h"

int main(void)
{
    return sc_worker_main(SC_WORKER_FD);
}
