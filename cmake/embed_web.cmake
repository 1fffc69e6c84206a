# Puts the built web app into the program: cmake -DDIST=web/dist -DOUT=files.cpp -P this
# The bytes are taken in by the assembler (.incbin), so they cost the compiler nothing.
file(GLOB_RECURSE found RELATIVE ${DIST} ${DIST}/*)
list(SORT found)
set(blobs "")
set(names "")
set(rows "")
set(count 0)

# The assembler's name of one file's bytes; "{}" where there is no such file.
macro(take file into)
    set(${into} "{}")
    if(EXISTS "${DIST}/${file}")
        string(APPEND blobs "    \".globl sw_web_${count}\\n.globl sw_web_${count}_end\\n\"\n"
            "    \"sw_web_${count}: .incbin \\\"${DIST}/${file}\\\"\\nsw_web_${count}_end: .byte 0\\n\"\n")
        string(APPEND names "extern const char sw_web_${count}[];\nextern const char sw_web_${count}_end[];\n")
        set(${into} "bytes(sw_web_${count}, sw_web_${count}_end)")
        math(EXPR count "${count} + 1")
    endif()
endmacro()

foreach(file IN LISTS found)
    if(file MATCHES "(^|/)\\." OR file MATCHES "\\.(br|gz)$" OR file MATCHES "[\"\\\\]")
        continue()
    endif()
    file(SHA256 ${DIST}/${file} hash)
    string(SUBSTRING ${hash} 0 24 hash)
    take("${file}" plain)
    take("${file}.gz" gzip)
    take("${file}.br" brotli)
    string(APPEND rows "        {\"/${file}\", \"${hash}\", ${plain}, ${gzip}, ${brotli}},\n")
endforeach()

set(text "// Generated from the built web app.
#include \"apps/web/files.h\"
")
if(rows)
    string(APPEND text "
asm(\".section .rodata\\n\"
${blobs}    \".text\\n\");

extern \"C\" {
${names}}
")
endif()
string(APPEND text "
namespace syncwatch::apps {
")
if(rows)
    string(APPEND text "namespace {

std::string_view bytes(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const http::EmbeddedFile> web_files() {
    static const http::EmbeddedFile files[] = {
${rows}    };
    return files;
}
")
else()
    string(APPEND text "
std::span<const http::EmbeddedFile> web_files() { return {}; }
")
endif()
string(APPEND text "
}  // namespace syncwatch::apps
")
file(WRITE ${OUT}.new "${text}")
file(RENAME ${OUT}.new ${OUT})
