#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace syncwatch::s3 {

/// One element of an answer. Attributes and namespaces mean nothing in S3's answers.
struct XmlElement {
    std::string name;  ///< Without its prefix.
    std::string text;  ///< What stands directly in it, all pieces joined.
    std::vector<XmlElement> children;

    /// The first child of that name, or nullptr.
    const XmlElement* child(std::string_view of) const;
    /// The text of that child; empty where there is none.
    std::string_view text_of(std::string_view of) const;
};

/// Reads an answer of S3. Strict, and safe with what a hostile server sends: no document types (so
/// no entities of its own), bounded depth and count. Errors: Corrupt.
Result<XmlElement> parse_xml(std::string_view text);

/// For text between tags.
std::string xml_escaped(std::string_view text);

}  // namespace syncwatch::s3
