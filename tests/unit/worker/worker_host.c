/* The worker process of the tests: what `supercargo --worker` does. */
#include "worker/pool.h"

int main(void)
{
    return sc_worker_main(SC_WORKER_FD);
}
