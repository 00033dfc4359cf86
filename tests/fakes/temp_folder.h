/* fakes/temp_folder.h - a new folder for one test.
 *
 * Purpose:   files of a test, gone when it ends.
 * Ownership: the fixture removes what it made.
 * Thread:    any.
 */
#pragma once

enum { SC_TEMP_FOLDER = 40 };

void sc_temp_folder_make(char ret_path[SC_TEMP_FOLDER]);
void sc_temp_folder_remove(const char *path); /* with all that is in it */
