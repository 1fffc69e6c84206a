#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <zlib.h>

#include "harness/clips.h"

namespace syncwatch {

inline void write_file(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Overwrites bytes at `offset` from the `nth` place where `mark` stands.
inline void patch(std::string& bytes, std::string_view mark, std::size_t offset,
                  std::string_view with, int nth = 0) {
    std::size_t at = bytes.find(mark);
    while (nth-- > 0 && at != std::string::npos) at = bytes.find(mark, at + 1);
    if (at == std::string::npos) throw std::runtime_error("no such mark in the file");
    bytes.replace(at + offset, with.size(), with);
}

inline std::string big_endian(std::uint64_t value, int size) {
    std::string out;
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(value >> shift & 0xff));
    }
    return out;
}

/// An MP4 of two seconds whose head says three hours, in each of its places.
inline std::string three_hours_of_mp4() {
    std::string bytes = contents_of(clip("silent.mp4"));
    const auto set = [&bytes](std::string_view box, std::size_t scale_at) {
        const std::size_t at = bytes.find(box) + scale_at;
        std::uint32_t scale = 0;
        for (std::size_t i = 0; i < 4; ++i)
            scale = scale << 8 | static_cast<unsigned char>(bytes[at + i]);
        bytes.replace(at + 4, 4, big_endian(std::uint64_t{scale} * 3 * 3600, 4));
    };
    set("mvhd", 16);
    set("mdhd", 16);
    patch(bytes, "tkhd", 24, big_endian(3ull * 3600 * 1000, 4));
    return bytes;
}

/// Raw pictures in an AVI whose head says that they are 20000 x 20000.
inline std::string giant_avi() {
    std::string bytes = contents_of(clip("raw.avi"));
    const std::string side("\x20\x4e\0\0", 4);
    patch(bytes, "strf", 12, side + side);
    patch(bytes, "avih", 40, side + side);
    return bytes;
}

/// The same with zero frames a second.
inline std::string zero_rate_avi() {
    std::string bytes = contents_of(clip("raw.avi"));
    patch(bytes, "strh", 28, std::string(8, '\0'));
    patch(bytes, "avih", 8, std::string(4, '\0'));
    return bytes;
}

namespace ebml {

inline std::string element(std::uint32_t id, const std::string& body) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) {
        if (id >> shift != 0) out.push_back(static_cast<char>(id >> shift & 0xff));
    }
    out.push_back(0x01);  // A size of seven bytes.
    return out + big_endian(body.size(), 7) + body;
}
inline std::string number(std::uint32_t id, std::uint64_t value) {
    return element(id, big_endian(value, 8));
}

}  // namespace ebml

/// A Matroska file of a megabyte with frames that unpack to a quarter of a gigabyte each.
inline std::string zip_bomb_mkv() {
    using ebml::element;
    using ebml::number;
    std::string packed;
    {
        z_stream zip{};
        deflateInit(&zip, 9);
        const std::string zeros(1 << 20, '\0');
        std::string out(1 << 16, '\0');
        for (int i = 0; i < 256; ++i) {
            zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
            zip.avail_in = static_cast<uInt>(zeros.size());
            do {
                zip.next_out = reinterpret_cast<Bytef*>(out.data());
                zip.avail_out = static_cast<uInt>(out.size());
                deflate(&zip, i == 255 ? Z_FINISH : Z_NO_FLUSH);
                packed.append(out, 0, out.size() - zip.avail_out);
            } while (zip.avail_out == 0);
        }
        deflateEnd(&zip);
    }
    const std::string head = element(
        0x1a45dfa3, number(0x4286, 1) + number(0x42f7, 1) + number(0x42f2, 4) + number(0x42f3, 8) +
                        element(0x4282, "matroska") + number(0x4287, 4) + number(0x4285, 2));
    const std::string unpack =
        element(0x6d80, element(0x6240, number(0x5031, 0) + number(0x5032, 1) + number(0x5033, 0) +
                                            element(0x5034, number(0x4254, 0))));
    const std::string track =
        element(0xae, number(0xd7, 1) + number(0x73c5, 1) + number(0x83, 1) +
                          element(0x86, "V_MPEG4/ISO/ASP") +
                          element(0xe0, number(0xb0, 640) + number(0xba, 360)) + unpack);
    std::string blocks;
    for (char i = 0; i < 3; ++i) {
        blocks += element(0xa3, std::string("\x81\0", 2) + i + std::string("\x80", 1) + packed);
    }
    return head + element(0x18538067, element(0x1549a966, number(0x2ad7b1, 1'000'000)) +
                                          element(0x1654ae6b, track) +
                                          element(0x1f43b675, number(0xe7, 0) + blocks));
}

}  // namespace syncwatch
