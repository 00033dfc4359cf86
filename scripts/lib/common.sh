# Shared by the scripts in this folder: where the tree is, and what it needs.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"

packages_build="gcc make cmake ninja-build pkg-config libuv1-dev libcurl4-openssl-dev libsqlite3-dev
 liblua5.4-dev libcjson-dev libpcre2-dev libicu-dev libsodium-dev libxlsxwriter-dev libzip-dev
 libexpat1-dev libmimalloc-dev"
packages_test="libcmocka-dev zlib1g-dev python3"
packages_check="clang clang-format clang-tidy libclang-rt-14-dev git"

say() { printf '%s\n' "$*" >&2; }

# Installs what is missing of the packages named; says what it does.
install_packages() {
    local missing=() name sudo=""
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if ! command -v apt-get >/dev/null; then
        say "These packages are missing: ${missing[*]}. Install them with your system's package tool and run this again."
        exit 1
    fi
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    say "Installing: ${missing[*]}"
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Some builds of node bring npm along; Debian has it apart.
install_npm() {
    command -v npm >/dev/null || install_packages nodejs npm
}

# configure_and_build PRESET [TARGET]…
configure_and_build() {
    local preset=$1 launcher=()
    shift
    command -v ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
    cmake --preset "$preset" "${launcher[@]}" >"/tmp/supercargo-configure.$$" 2>&1 ||
        { cat "/tmp/supercargo-configure.$$" >&2; rm -f "/tmp/supercargo-configure.$$"; return 1; }
    rm -f "/tmp/supercargo-configure.$$"
    cmake --build --preset "$preset" ${1:+--target "$@"}
}
