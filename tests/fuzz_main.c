/* fuzz_main.c - replays a corpus through a fuzz target where libFuzzer is not linked: every file
 * named, and every file of every folder named. */
#include <dirent.h>

#include "fuzz.h"

static size_t replayed;

static void replay_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    CHECK(in != NULL);
    CHECK(fseek(in, 0, SEEK_END) == 0);
    const long size = ftell(in);
    rewind(in);
    /* Exactly as long as the input: a byte too many is seen by the sanitizer. */
    uint8_t *data = malloc((size_t)size);
    CHECK(size == 0 || fread(data, 1, (size_t)size, in) == (size_t)size);
    fclose(in);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    replayed++;
}

static void replay_folder(const char *path, DIR *folder)
{
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        if (e->d_name[0] != '.') {
            char file[PATH_MAX];
            snprintf(file, sizeof file, "%s/%s", path, e->d_name);
            replay_file(file);
        }
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder != NULL) {
            replay_folder(argv[i], folder);
        } else {
            replay_file(argv[i]);
        }
    }
    printf("%zu inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
