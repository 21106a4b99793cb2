#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
// Needs the two before it.
#include <jpeglib.h>
#include <png.h>

#include "core/base/error.h"
#include "server/cli/tensor_source.h"

namespace temper::cli {
namespace {

struct Pixels {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 0;
  std::vector<uint8_t> bytes;  // rows of interleaved channels
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Pixels read_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&image, path.c_str())) fail(path, ": ", image.message);
  const bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Pixels pixels{image.width, image.height, colour ? 3 : 1, {}};
  pixels.bytes.resize(PNG_IMAGE_SIZE(image));
  png_color background{};
  if (!png_image_finish_read(&image, &background, pixels.bytes.data(), 0, nullptr)) {
    fail(path, ": ", image.message);
  }
  return pixels;
}

struct JpegError {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_jpeg_error(j_common_ptr info) {
  auto* error = reinterpret_cast<JpegError*>(info->err);
  info->err->format_message(info, error->message);
  std::longjmp(error->jump, 1);
}

// Nothing with a destructor may begin to live between setjmp and the longjmp of an error.
bool decode_jpeg(std::FILE* file, Pixels* pixels, JpegError* error) {
  jpeg_decompress_struct jpeg{};
  jpeg.err = jpeg_std_error(&error->base);
  error->base.error_exit = on_jpeg_error;
  if (setjmp(error->jump)) {
    jpeg_destroy_decompress(&jpeg);
    return false;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  pixels->width = jpeg.output_width;
  pixels->height = jpeg.output_height;
  pixels->channels = jpeg.output_components;
  const size_t stride = jpeg.output_width * static_cast<size_t>(jpeg.output_components);
  pixels->bytes.resize(stride * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels->bytes.data() + stride * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return true;
}

Pixels read_jpeg(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw_error(ErrorKind::kNotFound, str_cat("cannot read the file ", path));
  Pixels pixels;
  JpegError error{};
  if (!decode_jpeg(file.get(), &pixels, &error)) fail(path, ": ", error.message);
  return pixels;
}

}  // namespace

WireTensor read_picture(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    throw_error(ErrorKind::kNotFound, str_cat("cannot read the file ", path));
  }
  const Pixels pixels =
      std::filesystem::path(path).extension() == ".png" ? read_png(path) : read_jpeg(path);
  WireTensor tensor;
  tensor.datatype = "FP32";
  tensor.shape = {1, pixels.channels, pixels.height, pixels.width};
  std::vector<float> planes(pixels.bytes.size());
  const size_t area = static_cast<size_t>(pixels.width * pixels.height);
  const auto channels = static_cast<size_t>(pixels.channels);
  for (size_t i = 0; i < area; ++i) {
    for (size_t c = 0; c < channels; ++c) {
      planes[c * area + i] = static_cast<float>(pixels.bytes[i * channels + c]) / 255.0f;
    }
  }
  tensor.raw.assign(reinterpret_cast<const char*>(planes.data()), planes.size() * sizeof(float));
  return tensor;
}

}  // namespace temper::cli
