#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::subtitles {

/// Builds the text of a cue: escaped, its tags properly nested and all closed, without empty lines.
class Markup {
public:
    /// Text as it is to be read; a line feed ends a line.
    void text(std::string_view text);
    /// `tag`: "b", "i", "u", "ruby", "rt", "v". Opening one that is open does nothing.
    void open(std::string_view tag, std::string_view annotation = {});
    /// Closing one that is not open does nothing.
    void close(std::string_view tag);
    /// Everything so far; the object is spent.
    std::string finish();

private:
    struct Open {
        std::string tag;
        std::string annotation;
    };
    void write_open(const Open& open);

    std::string out_;
    std::vector<Open> open_;
};

/// Adds text with the tags and the character references of SRT and WebVTT to `markup`; tags that
/// mean nothing there are left out.
void add_tagged_text(Markup& markup, std::string_view text);

}  // namespace syncwatch::subtitles
